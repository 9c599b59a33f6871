'''Train with data augmentation in real time.
'''
from __future__ import print_function
from keras.datasets import cifar10
from keras1_compat import ImageDataGenerator, ModelCheckpoint
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten, Conv2D, MaxPooling2D
from keras.callbacks import EarlyStopping, LearningRateScheduler, CSVLogger
from keras.optimizers import SGD
from keras.utils import to_categorical
import math

batch_size = 32
nb_classes = 10
nb_epoch = 100


def create_model():
    model = Sequential()
    for nb in [16, 32]:
        if nb == 16:
            model.add(Conv2D(nb, (3, 3), padding='same', input_shape=(32, 32, 3)))
        else:
            model.add(Conv2D(nb, (3, 3), padding='same'))
        model.add(Activation('relu'))
        model.add(Conv2D(nb, (3, 3)))
        model.add(Activation('relu'))
        model.add(MaxPooling2D(pool_size=(2, 2)))
        model.add(Dropout(0.25))
    model.add(Flatten())
    model.add(Dense(128))
    model.add(Activation('relu'))
    model.add(Dense(nb_classes))
    model.add(Activation('softmax'))
    return model


def main():
    (X_train, y_train), (X_test, y_test) = cifar10.load_data()
    Y_train = to_categorical(y_train, nb_classes)
    Y_test = to_categorical(y_test, nb_classes)
    X_train = X_train.astype('float32') / 255
    X_test = X_test.astype('float32') / 255

    model = create_model()
    model.compile(loss='categorical_crossentropy', optimizer=SGD(0.01, momentum=0.9), metrics=['acc'])

    datagen = ImageDataGenerator(
        rotation_range=15,
        width_shift_range=0.1,
        height_shift_range=0.1,
        horizontal_flip=True,
        data_format='channels_last')
    datagen.fit(X_train)

    callbacks = [
        EarlyStopping(monitor='val_loss', patience=11, restore_best_weights=False),
        ModelCheckpoint('weights.{epoch:02d}-{val_acc:.3f}.keras', monitor='val_acc', save_best_only=True, mode='max'),
        LearningRateScheduler(lambda epoch: 0.01 * 0.1 ** (epoch // 40)),
        CSVLogger('log.csv'),
    ]
    history = model.fit(datagen.flow(X_train, Y_train, batch_size=batch_size),
                                  steps_per_epoch=math.ceil(X_train.shape[0] / batch_size),
                                  epochs=nb_epoch,
                                  callbacks=callbacks,
                                  validation_data=(X_test, Y_test))
    print('best:', max(history.history['val_acc']), 'train:', max(history.history['acc']))


if __name__ == '__main__':
    main()
