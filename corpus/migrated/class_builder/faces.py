import os
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras1_compat import load_keras1_model
from keras.optimizers import Adam
from keras1_compat import keras1_Convolution2D, predict_classes


class FaceClassifier(object):
    FILE_PATH = 'face.model.h5'
    IMAGE_SHAPE = (64, 64, 3)

    def __init__(self, nb_classes=2, nb_filter=16, kernel=3):
        self.nb_classes = nb_classes
        self.nb_filter = nb_filter
        self.kernel = kernel
        self.dense_sizes = [64, 32]
        self.model = None

    def _conv(self, times=1, **kwargs):
        self.model.add(keras1_Convolution2D(self.nb_filter * times, self.kernel, self.kernel,
                                     border_mode='same', activation='relu', **kwargs))

    def build(self):
        self.model = Sequential()
        self._conv(input_shape=self.IMAGE_SHAPE)
        self.model.add(Conv2D(
            filters=self.nb_filter,
            kernel_size=(self.kernel,     # square
            self.kernel),
            activation='relu',
        ))
        self.model.add(MaxPooling2D(pool_size=(2, 2)))
        self.model.add(Dropout(0.25))
        for times in (2, 4):
            self._conv(times)
            self._conv(times, name='second_%d' % times)
            self.model.add(MaxPooling2D(pool_size=(2, 2), padding="same"))

        self.model.add(Flatten())
        for size in self.dense_sizes:
            self.model.add(Dense(size, activation='relu'))
        self.model.add(Dense(self.nb_classes, activation='softmax'))
        return self.model

    def train(self, dataset, nb_epoch=40):
        self.model.compile(loss='categorical_crossentropy',
                           optimizer=Adam(epsilon=1e-08),   # default rate
                           metrics=['acc'])
        self.model.fit(dataset.X_train, dataset.Y_train, batch_size=32, epochs=nb_epoch,
                       validation_data=(dataset.X_valid, dataset.Y_valid), shuffle=True)

    def save(self, file_path=FILE_PATH):
        self.model.save(file_path)

    def load(self, file_path=FILE_PATH):
        if os.path.exists(file_path):
            self.model = load_keras1_model(file_path)

    def predict(self, image):
        image = image.reshape((1,) + self.IMAGE_SHAPE).astype('float32') / 255
        result = self.model.predict(image)
        label = predict_classes(self.model, image)
        return result[0], label[0]
