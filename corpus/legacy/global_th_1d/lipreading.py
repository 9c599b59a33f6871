import keras.backend as K
K.set_image_dim_ordering('th')
from keras.layers import Input, Dense, Flatten, merge, TimeDistributed
from keras.layers import Convolution1D, Convolution2D, MaxPooling1D, MaxPooling2D, GlobalAveragePooling1D
from keras.models import Model


def lips_and_sound(frames=12):
    """Pictures are (1, 24, 32) each; the sound is a sequence of 13 MFCC values."""
    lips = Input(shape=(frames, 1, 24, 32), name='lips')
    x = TimeDistributed(Convolution2D(6, 3, 3, activation='relu'))(lips)
    x = TimeDistributed(MaxPooling2D((2, 2)))(x)
    x = TimeDistributed(Flatten())(x)
    x = Convolution1D(24, 3, border_mode='same', activation='relu')(x)
    x = GlobalAveragePooling1D()(x)

    sound = Input(shape=(frames * 4, 13), name='sound')
    y = Convolution1D(16, 5, subsample_length=2)(sound)
    y = MaxPooling1D(3)(y)
    y = Flatten()(y)

    z = merge([x, y], mode='concat')
    return Model(input=[lips, sound], output=Dense(20, activation='softmax')(z))


if __name__ == '__main__':
    lips_and_sound().summary()
